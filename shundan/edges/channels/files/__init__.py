"""Files as a channel: the exports a seller downloads, recognised by their content and read into facts."""
