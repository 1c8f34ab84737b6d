"""Staff: people, roles, rights, API tokens, login links and idempotency keys."""
