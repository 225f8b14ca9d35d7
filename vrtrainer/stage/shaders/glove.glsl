layout(std140) uniform Hand {
    vec4 ends[CAPSULES * 2];  // start in the stage's space and radius, way to the end and radius; below 0 left out
    vec4 ways[CAPSULES];      // how much is shown at both ends, metres along the finger where it starts, 1 / length²
    vec4 lateral;             // towards the thumb's side
    vec4 along;               // towards the fingers
    vec4 palmward;
    vec4 wrist;               // xyz, size of the hand as a share of an adult's
    vec4 dots;                // metres from dot to dot, dots round a finger
};
const float OPENING = 0.034;  // m behind the wrist, as in glove_shape.py
