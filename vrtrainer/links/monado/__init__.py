"""A simulated child in a headset: Monado's service, its remote driver, and an OpenXR API layer between it and us."""
