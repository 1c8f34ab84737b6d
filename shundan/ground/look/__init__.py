"""Look: the design system every page is drawn with.

Tokens, components, base pages, server-side charts and the list machinery (filters, saved views, keyset
pages, export). It knows no order: stages declare their lists and hand over their rows.
"""
