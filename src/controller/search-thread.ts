// What runs in the thread beside the loop: answers each question with what a search in full finds. See `Decider`.
import { parentPort } from 'node:worker_threads'
import { answerInFull, type FullQuestion } from './decider.js'

parentPort?.on('message', (question: FullQuestion) => parentPort?.postMessage(answerInFull(question)))
