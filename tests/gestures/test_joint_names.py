"""Every usual skeleton's joints are found, each once."""

import re
import timeit

import numpy as np
import pytest

from vrtrainer.gestures.joint_names import canonical
from vrtrainer.human.skeleton import JOINTS

SIDES = ("left", "right")
ARMS = {f"{s}{j}" for s in SIDES for j in ("UpperArm", "LowerArm", "Hand")}
LEGS = {f"{s}{j}" for s in SIDES for j in ("UpperLeg", "LowerLeg", "Foot")}
KINECT = [
    f"{j}{s}" for s in ("Left", "Right") for j in ("Shoulder", "Elbow", "Wrist", "Hand", "Hip", "Knee", "Ankle", "Foot")
]
KINECT += ["SpineBase", "SpineMid", "SpineShoulder", "Neck", "Head", "HandTipLeft", "ThumbLeft"]
UIPRMD_KINECT = ["waist", "spine", "chest", "neck", "head", "head_tip"] + [
    f"{s}_{j}"
    for s in SIDES
    for j in ("collar", "upper_arm", "forearm", "hand", "upper_leg", "lower_leg", "foot", "toes")
]
UIPRMD_VICON = ["pelvis", "chest", "neck", "head"] + [
    f"{s}_{j}" for s in SIDES for j in ("shoulder", "elbow", "wrist", "hand", "hip", "knee", "ankle", "toe")
]
CMU = ["root", "lowerback", "upperback", "thorax", "lowerneck", "upperneck", "head"] + [
    f"{s}{j}" for s in "lr"
    for j in re.findall(r"\w+", "hipjoint femur tibia foot toes clavicle humerus radius wrist hand thumb fingers")
]  # fmt: skip
MEDIAPIPE = ["nose"] + [
    f"{s}_{j}" for s in SIDES
    for j in re.findall(r"\w+", "eye ear shoulder elbow wrist pinky index thumb hip knee ankle heel foot_index")
]  # fmt: skip
BVH = ["Hips", "Spine", "Spine1", "Spine2", "Neck", "Head"] + [
    f"{s}{j}" for s in ("Left", "Right")
    for j in ("Shoulder", "Arm", "ForeArm", "Hand", "HandIndex1", "HandThumb3", "UpLeg", "Leg", "Foot", "ToeBase")
]  # fmt: skip
EVERY = {"Kinect": KINECT, "UI-PRMD Kinect": UIPRMD_KINECT, "UI-PRMD Vicon": UIPRMD_VICON, "CMU": CMU,
         "MediaPipe": MEDIAPIPE, "BVH": BVH, "Mixamo": [f"mixamorig:{n}" for n in BVH]}  # fmt: skip


@pytest.mark.parametrize("names", EVERY.values(), ids=EVERY)
def test_arms_and_legs_are_found_and_no_joint_twice(names):
    found = canonical(names)
    assert set(found.values()) >= ARMS | LEGS
    assert len(set(found.values())) == len(found)
    for i, joint in found.items():
        # a left joint never becomes a right one
        side = "left" if re.match(r"(mixamorig:)?(l(?!ower)|L)", names[i]) or names[i].endswith("Left") else "right"
        assert joint[:4] not in ("left", "righ") or joint.startswith(side), (names[i], joint)


@pytest.mark.parametrize(
    ("names", "means"),
    [
        (UIPRMD_KINECT, {"left_upper_arm": "leftUpperArm", "left_forearm": "leftLowerArm", "left_hand": "leftHand"}),
        (UIPRMD_VICON, {"left_shoulder": "leftUpperArm", "left_wrist": "leftHand", "pelvis": "hips"}),
        (CMU, {"lfemur": "leftLowerLeg", "lclavicle": "leftUpperArm", "rradius": "rightHand", "ltibia": "leftFoot"}),
        (BVH, {"LeftShoulder": "leftShoulder", "LeftArm": "leftUpperArm", "LeftHandIndex1": "leftIndexProximal",
               "RightHandThumb3": "rightThumbDistal", "Spine2": "upperChest"}),
        (KINECT, {"ShoulderLeft": "leftUpperArm", "WristLeft": "leftHand", "FootRight": "rightToes"}),
    ],
)  # fmt: skip
def test_names_mean_places(names, means):
    found = {names[i]: joint for i, joint in canonical(names).items()}
    assert {name: found.get(name) for name in means} == means


def test_our_own_joints_in_any_spelling_are_themselves():
    snake = [re.sub(r"(?<!^)([A-Z])", r"_\1", n).lower() for n in JOINTS]
    for names in (JOINTS, snake, [n.upper() for n in snake]):
        assert [canonical(names)[i] for i in range(len(JOINTS))] == list(JOINTS)


def test_openxr_hand_joints_with_a_side_are_found():
    bones = ["palm", "wrist", "thumb_metacarpal", "thumb_tip", "index_metacarpal", "little_intermediate"]
    found = canonical([f"left_{b}" for b in bones])
    assert list(found.values()) == [
        "leftPalm", "leftHand", "leftThumbMetacarpal", "leftThumbTip", "leftIndexMetacarpal", "leftLittleIntermediate",
    ]  # fmt: skip


def test_what_means_nothing_is_left_out():
    assert canonical(["tail", "left_wing", "", "prop"]) == {}


def test_arrays_of_names_do_and_asking_again_is_quick():
    names = np.array(UIPRMD_KINECT)
    assert canonical(names) == canonical(list(UIPRMD_KINECT))
    assert min(timeit.repeat(lambda: canonical(names), number=100, repeat=3)) / 100 < 1e-3
