"""HTTP: requests, responses and problems, which organisation a request is for, and the pages."""
