"""Money: reads statements, settles orders in the shop's and the home currency."""
