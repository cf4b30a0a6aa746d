from higgs_logscan._scanner import Shapes as Shapes
