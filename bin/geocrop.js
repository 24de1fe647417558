#!/usr/bin/env node
import '../dist/tiler/cli/main.js';
