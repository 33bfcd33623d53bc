"""Pages without a script: articles, the library, the API's description."""
