// "Did you mean", as the readers of files say it: one for all rooms, in model/.
export { didYouMean, editDistance, meant, nearest } from '../model/nearest.js'
