import { testSeeds } from './seeds.js'

testSeeds(281, 280)
