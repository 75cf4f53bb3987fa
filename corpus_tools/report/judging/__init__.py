"""What thresholds give and which to use: a run grouped again, labels, samples of pairs, estimates, wrong pairs."""
