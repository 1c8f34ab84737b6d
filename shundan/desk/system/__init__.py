"""System: arrivals, wants, calls, steps, snags, storage; health for programs."""
