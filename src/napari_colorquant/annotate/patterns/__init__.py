"""How the classes of an image lie beside each other: neighbours, patches, and two results compared."""
