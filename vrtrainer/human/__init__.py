"""A person as data: rotations, skeleton, observation, pose, motion, measures, face. Numpy only, no input or output."""
