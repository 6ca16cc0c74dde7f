"""Both APIs of the mock, the records' and the control's: from a request to a sandbox, its handlers, and the answer."""
