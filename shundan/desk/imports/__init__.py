"""Imports: takes files of sellers in. A file is read, previewed and confirmed; its rows become snapshots,
which the stage of their kind applies; rows that cannot be taken are named with their reason.
"""
