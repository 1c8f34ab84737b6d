"""Tools that never heard of an order: http, crypto, pdf, sheets, clock, db, blobs."""
