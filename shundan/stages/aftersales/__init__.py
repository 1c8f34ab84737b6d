"""After-sales: reads cancellation and return news, answers them as cases; leaves CLOSED cases."""
