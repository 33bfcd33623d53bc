"""Fetching over HTTP, politely and within bounds."""
