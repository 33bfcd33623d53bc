"""Running a suite, case by case."""
