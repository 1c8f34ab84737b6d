"""The people of the demo: buyers, couriers and, in the past, sellers."""
