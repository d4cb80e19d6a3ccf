"""The engine port and its two adapters; the only room that imports vllm."""
