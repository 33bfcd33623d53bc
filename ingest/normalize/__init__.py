"""What is read becomes an article: text, dates, language, genre, corrections."""
