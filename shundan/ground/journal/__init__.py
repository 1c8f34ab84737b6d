"""Journal: append-only; who did what to what, when and from where. Sealing gives each row its place and hash."""
