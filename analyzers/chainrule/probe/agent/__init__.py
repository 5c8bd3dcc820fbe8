"""What is sent to the user's interpreter: one folder that goes on its `sys.path`, holding one package."""
