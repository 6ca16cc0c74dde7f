"""The contract kit: tells any service which sentence of the Training Record API's document it breaks."""
