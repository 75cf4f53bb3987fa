"""Files that hold files (zip, WACZ, tar): each member is read as a file of its own, without unpacking to disk."""
