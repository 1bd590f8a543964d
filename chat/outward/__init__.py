"""Requests to addresses that people of the server have given, only where whoever runs it allows that; to the sign-in
provider as well."""
