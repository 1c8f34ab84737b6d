"""TikTok Shop: its words in mapping, its wire in client."""
