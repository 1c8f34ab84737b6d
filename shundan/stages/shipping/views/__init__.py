"""Pages of shipping.

labels.py     labels waiting, refused, ready and printed
manifests.py  hand-over: scanning out and closing
"""
