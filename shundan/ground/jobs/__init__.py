"""Jobs: long work with progress, cancel and result; snags of steps and the heartbeat of workers."""
