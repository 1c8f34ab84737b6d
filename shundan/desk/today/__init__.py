"""Today: clocks across shops by minutes left, and what to do first."""
