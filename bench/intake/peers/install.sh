#!/usr/bin/env bash
# Installs a peer from its own registry into FOLDER: install.sh oscar|vendure FOLDER. Nothing of it is kept in this repository.
set -euo pipefail
name=$1 folder=$2
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
case "$name" in
  oscar)
    python3 -m venv .
    bin/pip install --quiet --disable-pip-version-check \
      "django-oscar==4.2.1" "django-oscar-api==3.3.0" "django>=5.2,<5.3" "granian>=2.8" "psycopg[binary]>=3.3"
    ;;
  vendure)
    npm init -y >/dev/null
    npm install --silent --no-audit --no-fund "@vendure/core@3.7.3" "pg@8"
    ;;
  *) echo "there is no peer $name" >&2; exit 2 ;;
esac
touch installed
