"""Files from Seller Center and other tools: recognised by content, mapped to the same facts."""
