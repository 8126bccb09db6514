"""`python -m rbm`: what the app does, without a browser. One module for each command."""
