"""What a run or a plan did."""
