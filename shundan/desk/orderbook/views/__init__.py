"""Pages about orders.

lists.py  the list and what is done to many at once
order.py  one order
acts.py   what is done to one order
"""
