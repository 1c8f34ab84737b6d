"""Imports: files taken in, previewed, refused rows explained."""
