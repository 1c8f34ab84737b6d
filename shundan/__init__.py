"""Shundan 顺单: the order desk for people who sell on TikTok Shop."""
