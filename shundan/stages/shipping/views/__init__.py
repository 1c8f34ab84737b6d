"""Pages of shipping.

labels.py     labels waiting, refused, ready and printed
terms.py      refused labels asked for again on other terms
manifests.py  hand-over: scanning out and closing
"""
