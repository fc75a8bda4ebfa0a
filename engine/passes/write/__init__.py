"""Write what a plan decided, and finish what an earlier run began."""
