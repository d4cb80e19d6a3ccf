"""The engine port and its adapters; the only room that imports vllm."""
