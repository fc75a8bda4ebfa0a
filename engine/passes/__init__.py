"""The only place where the pure rooms meet the world: push, reconcile, actions."""
