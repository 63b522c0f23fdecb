// "Did you mean", as the readers of files say it: one for all rooms, in model/.
export { didYouMean, editDistance, nearest } from '../model/nearest.js'
