"""Records as others read them: the JSON that scripts rely on."""
